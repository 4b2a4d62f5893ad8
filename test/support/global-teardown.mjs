import { dropDatabaseTemplate } from './template.mjs';

// oxlint-disable-next-line import/no-default-export -- jest asks for it
export default async function teardown() {
  const { DATABASE_URL, TEST_TEMPLATE } = process.env;
  if (DATABASE_URL && TEST_TEMPLATE) await dropDatabaseTemplate(DATABASE_URL, TEST_TEMPLATE);
}
