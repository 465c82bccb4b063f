import type { NextApiRequest, NextApiResponse } from "next"
import { getServerSession } from "next-auth"
import { prisma } from "@/lib/prisma"

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const session = await getServerSession(req, res, {})
  if (!session?.user) return res.status(401).json({ error: "Sign in" })
  const where = { id: String(req.query.id), buyerId: session.user.id }
  switch (req.method) {
    case "GET":
      return res.json(await prisma.order.findFirst({ where }))
    case "DELETE":
      await prisma.order.deleteMany({ where })
      return res.status(204).end()
    default:
      return res.status(405).end()
  }
}
