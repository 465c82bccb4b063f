import { NextResponse } from "next/server"
import { createClient } from "@/lib/server"

type Context = { params: Promise<{ id: string }> }

export async function GET(request: Request, { params }: Context) {
  const { id } = await params
  const supabase = await createClient()
  const { data, error } = await supabase.from("messages").select("*").eq("id", id).single()
  return error ? NextResponse.json({ error: "No" }, { status: 404 }) : NextResponse.json(data)
}

export async function DELETE(request: Request, { params }: Context) {
  const { id } = await params
  const supabase = await createClient()
  await supabase.from("messages").delete().eq("id", id)
  return new NextResponse(null, { status: 204 })
}
