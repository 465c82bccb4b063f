from accounts import views as accounts
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from listings import views as listings
from rest_framework.routers import DefaultRouter

router = DefaultRouter()
router.register("listings", listings.ListingViewSet, basename="listing")
router.register("threads", listings.ThreadViewSet, basename="thread")

urlpatterns = [
    path("admin/", admin.site.urls),
    path(settings.API_PREFIX, include(router.urls)),
    path("accounts/", include("accounts.urls")),
    path("reports/<int:pk>/", listings.report, name="report"),
    path("staff/members/", accounts.MemberList.as_view(), name="members"),
]
