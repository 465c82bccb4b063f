"use server"

import { auth } from "@/auth"
import { prisma } from "@/lib/prisma"

export async function publish(id: string) {
  const session = await auth()
  if (!session?.user) throw new Error("Unauthorized")
  await prisma.listing.updateMany({ where: { id, ownerId: session.user.id }, data: { published: true } })
}
