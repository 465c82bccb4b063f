import { NextResponse } from "next/server"
import { prisma } from "@/lib/prisma"

export async function GET() {
  return NextResponse.json(await prisma.listing.findMany({ where: { published: true } }))
}

export async function POST(request: Request) {
  const body = await request.json()
  return NextResponse.json(await prisma.listing.create({ data: body }), { status: 201 })
}
