import { NextResponse } from "next/server"
import { forMembers } from "@/lib/guard"
import { prisma } from "@/lib/prisma"
import { newListing } from "@/lib/schemas"

export async function GET() {
  return NextResponse.json(await prisma.listing.findMany({ where: { published: true } }))
}

export const POST = forMembers(async (request, { member }) => {
  const data = newListing.parse(await request.json())
  return NextResponse.json(await prisma.listing.create({ data: { ...data, ownerId: member.id } }), { status: 201 })
})
