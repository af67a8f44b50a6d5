"""Nothing may stand on a side of another barrier: the database compares both, which a plain foreign key cannot."""

from django.db import migrations

ADD = """
ALTER TABLE accounts_barrierside ADD CONSTRAINT side_with_its_barrier UNIQUE (id, barrier_id);
ALTER TABLE accounts_barriermember ADD CONSTRAINT member_on_a_side_of_its_barrier
    FOREIGN KEY (side_id, barrier_id) REFERENCES accounts_barrierside (id, barrier_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE accounts_barrierdecision ADD CONSTRAINT decision_on_a_side_of_its_barrier
    FOREIGN KEY (side_id, barrier_id) REFERENCES accounts_barrierside (id, barrier_id) DEFERRABLE INITIALLY DEFERRED;
"""
REMOVE = """
ALTER TABLE accounts_barrierdecision DROP CONSTRAINT decision_on_a_side_of_its_barrier;
ALTER TABLE accounts_barriermember DROP CONSTRAINT member_on_a_side_of_its_barrier;
ALTER TABLE accounts_barrierside DROP CONSTRAINT side_with_its_barrier;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_lean_grants")]
    operations = [migrations.RunSQL(ADD, REMOVE)]
