import { NextResponse } from "next/server"
import { prisma } from "@/lib/prisma"
import { forStaff } from "@/lib/staff"

export const GET = forStaff(async () => NextResponse.json(await prisma.user.findMany()))
