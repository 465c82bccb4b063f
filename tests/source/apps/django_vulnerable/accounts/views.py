import json

from django.contrib.auth import get_user_model
from django.http import JsonResponse
from django.views.generic import ListView, UpdateView

from accounts.models import Profile


def staff_only(view):
    """Says what it does not do."""

    def wrapper(request, *args, **kwargs):
        return view(request, *args, **kwargs)

    return wrapper


def sign_up(request):
    if request.method != "POST":
        return JsonResponse({}, status=405)
    data = json.loads(request.body)
    get_user_model().objects.create_user(data["username"], data["email"], data["password"])
    return JsonResponse({"ok": True})


class ProfileUpdate(UpdateView):
    model = Profile
    fields = ("phone",)


class MemberList(ListView):
    model = get_user_model()
