"""Texts of Django and allauth that people meet here and whose Finnish sounds unlike the rest: we say them ourselves.

Translations of the project beat those of the libraries, so it is enough to have these texts collected with our own.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

# Forms
gettext_noop("This field is required.")
gettext_noop("Enter a valid date.")
gettext_noop("Enter a valid email address.")
gettext_noop("Enter a whole number.")
gettext_noop("Select a valid choice. That choice is not one of the available choices.")
gettext_noop("Select a valid choice. %(value)s is not one of the available choices.")
gettext_noop("The submitted file is empty.")
gettext_noop("Null characters are not allowed.")
gettext_noop("Ensure this value is greater than or equal to %(limit_value)s.")
ngettext_lazy(
    "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
    "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    "limit_value",
)

# Passwords
gettext_noop("Password (again)")
gettext_noop("New Password (again)")
gettext_noop("You must type the same password each time.")
gettext_noop("Your password can’t be too similar to your other personal information.")
gettext_noop("The password is too similar to the %(verbose_name)s.")
gettext_noop("Your password can’t be a commonly used password.")
gettext_noop("This password is too common.")
ngettext_lazy(
    "Your password must contain at least %(min_length)d character.",
    "Your password must contain at least %(min_length)d characters.",
    "min_length",
)
ngettext_lazy(
    "This password is too short. It must contain at least %d character.",
    "This password is too short. It must contain at least %d characters.",
    1,
)
