import { IsNumber, IsString, MaxLength, Min } from 'class-validator';

export class CreateListingDto {
  @IsString()
  @MaxLength(120)
  title: string;

  @IsNumber()
  @Min(0)
  price: number;
}
