import { EntitySchema } from "typeorm";

export interface Organisation {
  readonly name: string;
  readonly ownerId: string;
}

export const organisations = new EntitySchema<Organisation>({
  name: "organisations",
  columns: {
    name: { type: "text", primary: true },
    ownerId: { type: String, name: "owner_id" },
  },
});
