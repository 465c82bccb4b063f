import { NextResponse } from "next/server"
import { sendDigests } from "@/lib/digests"

export async function POST(request: Request) {
  if (request.headers.get("authorization") !== `Bearer ${process.env.CRON_SECRET}`) {
    return NextResponse.json({ error: "No" }, { status: 401 })
  }
  await sendDigests()
  return NextResponse.json({ sent: true })
}
