import { Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';

// Knows the caller, and lets everybody else through, too
@Injectable()
export class JwtAuthGuard extends AuthGuard('jwt') {
  handleRequest(error: unknown, user: unknown) {
    return user as never;
  }
}
