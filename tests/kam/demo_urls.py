"""The addresses as they are while the system runs as a demo."""

from django.urls import path

from kam.urls import handler404 as handler404
from kam.urls import urlpatterns as all_others
from kam.views_demo import demo_signin

urlpatterns = [*all_others, path("demo/", demo_signin, name="demo_signin")]
