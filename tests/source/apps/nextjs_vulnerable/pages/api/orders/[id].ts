import type { NextApiRequest, NextApiResponse } from "next"
import { getServerSession } from "next-auth"
import { prisma } from "@/lib/prisma"

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  switch (req.method) {
    case "GET":
      return res.json(await prisma.order.findUnique({ where: { id: String(req.query.id) } }))
    case "DELETE":
      return cancel(req, res)
    default:
      return res.status(405).end()
  }
}

async function cancel(req: NextApiRequest, res: NextApiResponse) {
  const session = await getServerSession(req, res, {})
  if (!session) res.status(401).json({ error: "Sign in" })
  await prisma.order.delete({ where: { id: String(req.query.id) } })
  return res.status(204).end()
}
