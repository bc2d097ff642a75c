"""`make openapi`: writes the document into rooms/api/openapi.json."""

import json

from openapi.document import document
from rooms.api.openapi import FILE

FILE.write_text(json.dumps(document(), indent=2, ensure_ascii=False) + "\n")
