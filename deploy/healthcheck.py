"""Ask this container's Microblog whether it is alive; the exit status is the answer."""

import os
import urllib.request
from urllib.parse import urlsplit

port = os.environ.get("PORT", "5000")
# It answers only to its own name.
name = urlsplit(os.environ.get("BASE_URL", "")).netloc or "localhost"
request = urllib.request.Request(f"http://127.0.0.1:{port}/livez", headers={"Host": name})
with urllib.request.urlopen(request, timeout=4) as response:
    response.read()
