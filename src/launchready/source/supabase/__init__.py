"""Supabase: tables that clients reach, row policies that the SQL leaves in force, and keys that code uses."""
