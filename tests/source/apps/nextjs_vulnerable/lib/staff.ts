import { cookies } from "next/headers"
import { NextResponse } from "next/server"

type Handler = (request: Request) => Promise<Response>

export const forStaff = (handler: Handler) => async (request: Request) => {
  const jar = await cookies()
  if (!jar.get("staff")) return NextResponse.json({ error: "No" }, { status: 403 })
  return handler(request)
}
