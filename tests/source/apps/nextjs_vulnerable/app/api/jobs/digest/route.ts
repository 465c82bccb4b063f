import { NextResponse } from "next/server"
import { sendDigests } from "@/lib/digests"

export async function POST() {
  await sendDigests()
  return NextResponse.json({ sent: true })
}
