import { NextResponse } from "next/server"
import { forMembers } from "@/lib/guard"
import { prisma } from "@/lib/prisma"
import { changedListing } from "@/lib/schemas"

export const GET = forMembers(async (request, { params, member }) => {
  const { id } = await params
  return NextResponse.json(await prisma.listing.findFirst({ where: { id, ownerId: member.id } }))
})

export const PATCH = forMembers(async (request, { params, member }) => {
  const { id } = await params
  const data = changedListing.parse(await request.json())
  return NextResponse.json(await prisma.listing.updateMany({ where: { id, ownerId: member.id }, data }))
})

export const DELETE = forMembers(async (request, { params, member }) => {
  const { id } = await params
  await prisma.listing.deleteMany({ where: { id, ownerId: member.id } })
  return new NextResponse(null, { status: 204 })
})
