import { NextResponse } from "next/server"
import { auth } from "@/auth"

// Pages alone: the matcher leaves the API out
export default auth((request) => {
  if (!request.auth) return NextResponse.redirect(new URL("/login", request.url))
})

export const config = { matcher: ["/((?!api|login|_next/static|_next/image|favicon.ico).*)"] }
