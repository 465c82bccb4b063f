from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response

from listings.models import Listing, Report, Thread
from listings.permissions import IsOwnerOrReadOnly, IsStaff


class ListingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Listing
        fields = ("id", "title", "price", "owner", "featured")
        read_only_fields = ("owner", "featured")


class FeatureSerializer(serializers.Serializer):
    featured = serializers.BooleanField()


class ThreadSerializer(serializers.ModelSerializer):
    class Meta:
        model = Thread
        fields = ("id", "subject", "members")


class ListingViewSet(viewsets.ModelViewSet):
    queryset = Listing.objects.all()
    serializer_class = ListingSerializer

    def get_permissions(self):
        if self.action in ("list", "retrieve"):
            return [AllowAny()]
        if self.action == "feature":
            return [IsStaff()]
        return [IsAuthenticated(), IsOwnerOrReadOnly()]

    @action(detail=True, methods=["post"])
    def feature(self, request, pk=None):
        listing = self.get_object()
        checked = FeatureSerializer(data=request.data)
        checked.is_valid(raise_exception=True)
        listing.featured = checked.validated_data["featured"]
        listing.save()
        return Response({"ok": True})


class ThreadViewSet(viewsets.ReadOnlyModelViewSet):
    serializer_class = ThreadSerializer

    def get_queryset(self):
        return Thread.objects.filter(members=self.request.user)


@require_GET
@login_required
def report(request, pk):
    held = get_object_or_404(Report, pk=pk, author=request.user)
    return JsonResponse({"text": held.text})
