"""A view of who asks, kept in the cache of pages."""

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="x" * 50,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
)
django.setup()

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.cache import cache_page


@cache_page(60)
def me(request):
    return HttpResponse(request.headers.get("Authorization", "anonymous"))


urlpatterns = [path("me", me)]
app = WSGIHandler()
