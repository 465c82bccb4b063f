import { NextResponse } from "next/server"
import { forMembers } from "@/lib/guard"
import { prisma } from "@/lib/prisma"

export const GET = forMembers(async () => NextResponse.json(await prisma.user.findMany()), { role: "admin" })
