import { NextResponse } from "next/server"
import { auth } from "@/auth"

const OPEN = ["/api/auth", "/api/jobs"]

export default auth((request) => {
  const { pathname } = request.nextUrl
  const open = OPEN.some((prefix) => pathname.startsWith(prefix))
  const reading = pathname === "/api/listings" && request.method === "GET"
  if (open || reading || request.auth) return NextResponse.next()
  return NextResponse.json({ error: "Sign in" }, { status: 401 })
})

export const config = { matcher: "/api/:path*" }
