"""Verifies requests with the library of Standard Webhooks: a JSON object a line in, a verdict a line out."""

import json
import sys

from standardwebhooks import Webhook

for line in sys.stdin.buffer:
    request = json.loads(line)
    try:
        Webhook(request["secret"]).verify(request["body"], request["headers"])
        verdict = "verified"
    except Exception as e:  # whatever the library makes of it, it is a verdict
        verdict = "refused: " + type(e).__name__
    print(verdict, flush=True)
