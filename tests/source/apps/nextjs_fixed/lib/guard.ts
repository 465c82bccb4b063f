import { NextResponse } from "next/server"
import { auth } from "@/auth"

type Context = { params: Promise<{ id: string }> }
type Handler = (request: Request, context: Context & { member: { id: string; role: string } }) => Promise<Response>

export const forMembers =
  (handler: Handler, { role }: { role?: string } = {}) =>
  async (request: Request, context: Context) => {
    const session = await auth()
    if (!session?.user) return NextResponse.json({ error: "Sign in" }, { status: 401 })
    if (role && session.user.role !== role) return NextResponse.json({ error: "No" }, { status: 403 })
    return handler(request, { ...context, member: session.user })
  }
