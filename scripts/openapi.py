"""Prints the service's OpenAPI file as the client's types are made from it."""

import json
import sys

from app.core.settings import Settings
from app.main import create_app

service = create_app(Settings(_env_file=None, base_url="http://localhost:8000"), with_worker=False)
json.dump(service.openapi(), sys.stdout, indent=1, sort_keys=True, ensure_ascii=False)
sys.stdout.write("\n")
