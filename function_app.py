"""The function app: one App, with its routes and triggers."""

import gc
import os

gc.disable()  # while modules are loaded there is next to no garbage, and to look for it takes time

import azure.functions as func

from rooms.api import openapi
from rooms.api.acs import identities, participants, rooms
from rooms.api.extension import (
    admission,
    attendance,
    calls,
    carrier,
    details,
    doctor,
    health,
    imports,
    in_call,
    invitees,
    join,
    join_links,
    join_policy,
    live,
    livekit_events,
    log,
    me,
    media_check,
    moving,
    no_shows,
    overview,
    people,
    person_attendance,
    persons,
    presence,
    quarantine,
    roles,
    room_list,
    tokens,
)
from rooms.api.routing import register
from rooms.app import App
from rooms.console import routes as console
from rooms.intake import event_grid
from rooms.join_page import routes as join_page
from rooms.upkeep import acs_timer, export_timer, media_timer, timer

service = App(os.environ)  # a setting that it cannot use stops the app here, with its name
app = func.FunctionApp()
for module in (
    rooms,
    room_list,
    participants,
    identities,
    tokens,
    admission,
    presence,
    calls,
    live,
    in_call,
    attendance,
    person_attendance,
    no_shows,
    details,
    invitees,
    join_policy,
    carrier,
    join_links,
    join,
    overview,
    roles,
    people,
    me,
    log,
    persons,
    quarantine,
    livekit_events,
    imports,
    health,
    doctor,
    media_check,
    moving,
    openapi,
    console,
    join_page,
):
    register(app, service, module.routes.all)
event_grid.register(app, service)
timer.register(app, service)
export_timer.register(app, service)
media_timer.register(app, service)
acs_timer.register(app, service)

gc.freeze()  # what is loaded stays, so that no collection has to look at it again
gc.enable()
