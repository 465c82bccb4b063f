"use server"

import { prisma } from "@/lib/prisma"

export async function publish(id: string) {
  await prisma.listing.update({ where: { id }, data: { published: true } })
}
