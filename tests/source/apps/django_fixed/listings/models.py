# ruff: noqa: DJ008
from django.conf import settings
from django.db import models


class Listing(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    title = models.CharField(max_length=120)
    price = models.PositiveIntegerField(default=0)
    featured = models.BooleanField(default=False)


class Thread(models.Model):
    members = models.ManyToManyField(settings.AUTH_USER_MODEL)
    subject = models.CharField(max_length=120)


class Report(models.Model):
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    text = models.TextField()
