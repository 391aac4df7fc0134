"""A Django view behind channels, which says what cookie the request bears."""

import django
from django.conf import settings

settings.configure(DEBUG=False, SECRET_KEY="x" * 50, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[])
django.setup()

from channels.http import AsgiHandler
from django.http import HttpResponse
from django.urls import path


def me(request):
    return HttpResponse(request.headers["cookie"])


urlpatterns = [path("me", me)]
app = AsgiHandler()
