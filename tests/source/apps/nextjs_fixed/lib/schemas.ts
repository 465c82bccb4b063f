import { z } from "zod"

export const newListing = z.object({ title: z.string().min(3).max(80), price: z.number().positive() })
export const changedListing = newListing.partial()
