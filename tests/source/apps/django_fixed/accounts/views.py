from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin
from django.http import JsonResponse
from django.views.decorators.http import require_POST
from django.views.generic import ListView, UpdateView

from accounts.models import Profile


class SignUpForm(forms.Form):
    username = forms.CharField(max_length=30)
    email = forms.EmailField()
    password = forms.CharField(min_length=10)


@login_not_required
@require_POST
def sign_up(request):
    form = SignUpForm(request.POST)
    if not form.is_valid():
        return JsonResponse(form.errors, status=400)
    get_user_model().objects.create_user(**form.cleaned_data)
    return JsonResponse({"ok": True})


class ProfileUpdate(LoginRequiredMixin, UpdateView):
    model = Profile
    fields = ("phone",)

    def get_queryset(self):
        return Profile.objects.filter(user=self.request.user)


class MemberList(UserPassesTestMixin, ListView):
    model = get_user_model()

    def test_func(self):
        return self.request.user.is_superuser
