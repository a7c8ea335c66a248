"""The list of features: importing it registers every command, handler, table and role of the program."""

from core.accounts import handlers as accounts
from core.agencies import handlers as agencies
from core.audit import models as audit
from core.contacts import handlers as contacts
from core.devices import handlers as devices
from core.employment import handlers as employment
from core.messages import inbox as messages
from core.practitioners import handlers as practitioners
from core.projects import handlers as projects
from core.visits import commands as visits
from core.visits import models as visit_tables

FEATURES = (
    accounts,
    agencies,
    audit,
    contacts,
    devices,
    employment,
    messages,
    practitioners,
    projects,
    visits,
    visit_tables,
)
"""One line for each feature, in the order of its layer."""
