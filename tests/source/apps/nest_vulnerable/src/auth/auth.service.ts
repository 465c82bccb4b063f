import { Injectable } from '@nestjs/common';
import { PrismaService } from '../prisma.service';
import { SignUpDto } from './sign-up.dto';

@Injectable()
export class AuthService {
  constructor(private readonly prisma: PrismaService) {}

  signUp(dto: SignUpDto) {
    return this.prisma.user.create({ data: { email: dto.email, password: dto.password } });
  }

  signIn(dto: SignUpDto) {
    return this.prisma.user.findFirst({ where: { email: dto.email } });
  }
}
