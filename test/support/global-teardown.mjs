import { dropDatabaseTemplate } from './template.mjs';

export default async function teardown() {
  const { DATABASE_URL, TEST_TEMPLATE } = process.env;
  if (DATABASE_URL && TEST_TEMPLATE) await dropDatabaseTemplate(DATABASE_URL, TEST_TEMPLATE);
}
