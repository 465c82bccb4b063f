from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from listings.models import Listing, Report, Thread


class ListingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Listing
        fields = "__all__"


class ThreadSerializer(serializers.ModelSerializer):
    class Meta:
        model = Thread
        fields = ("id", "subject", "members")


class ListingViewSet(viewsets.ModelViewSet):
    queryset = Listing.objects.all()
    serializer_class = ListingSerializer

    @action(detail=True, methods=["post"])
    def feature(self, request, pk=None):
        listing = self.get_object()
        listing.featured = request.data["featured"]
        listing.save()
        return Response({"ok": True})


class ThreadViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Thread.objects.all()
    serializer_class = ThreadSerializer


def report(request, pk):
    held = get_object_or_404(Report, pk=pk)
    return JsonResponse({"text": held.text})
