export class SignUpDto {
  email: string;
  password: string;
}
