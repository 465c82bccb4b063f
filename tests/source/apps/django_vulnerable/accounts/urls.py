from django.urls import path

from accounts import views

urlpatterns = [
    path("signup/", views.sign_up, name="signup"),
    path("profile/<int:pk>/", views.ProfileUpdate.as_view(), name="profile"),
]
