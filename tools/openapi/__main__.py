"""`make openapi`: writes rooms/api/openapi.json, and docs/api.md from it."""

import json

from openapi import markdown
from openapi.document import document
from rooms.api import openapi

made = document()
openapi.FILE.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n")
markdown.FILE.write_text(markdown.page(made))
