import { checkOf, connectionProblem } from './connection-string.js';

describe('the connection string of a component', () => {
  it.each([
    ['redis', 'redis://:secret@cache.example.com:6379/0'],
    ['redis', 'rediss://cache.example.com'],
    ['redis', 'cache.example.com:6379'],
    ['postgresql', 'postgresql://orders:s3cret@db.example.com:5432/orders?sslmode=require'],
    ['postgresql', 'postgres://a:b@db-1:5432,db-2:5432/orders'],
    ['postgresql', 'db:5432'],
    ['mongodb', 'mongodb://a:b@m1:27017,m2:27017/?replicaSet=rs'],
    ['mongodb', 'mongodb+srv://a:b@cluster.example.com/'],
    ['kafka', 'k1:9092,k2:9092'],
    ['s3', 's3://bucket/path'],
    ['s3', 'https://s3.eu-central-1.amazonaws.com/bucket'],
    ['minio', 'http://[::1]:9000'],
    ['nginx', '[2001:db8::1]:8080'],
    ['envoy', 'tcp://envoy:9901'],
    ['other', 'amqp://user:pass@rabbit:5672/vhost'],
  ])('of %s may be %s', (provider, text) => expect(connectionProblem(text, provider)).toBeUndefined());

  it.each([
    ['redis', 'http://cache.example.com'],
    ['redis', 'cache.example.com'],
    ['redis', 'cache:0'],
    ['redis', 'cache:65536'],
    ['postgresql', 'host=db user=a password=b'],
    ['postgresql', 'postgresql:///orders'],
    ['postgresql', 'mysql://a:b@db/x'],
    ['mongodb', 'mongodb://a:b@m1:port/x'],
    ['kafka', 'k1:9092,'],
    ['s3', 'bucket:80'],
    ['minio', 'ftp://minio'],
    ['other', 'just words'],
    ['other', ''],
    ['constructor', '  '],
  ])('of %s may not be %j, which the answer does not repeat', (provider, text) => {
    const problem = connectionProblem(text, provider);
    expect(problem).toMatch(/^must be a URL beginning with /);
    if (text.trim()) expect(problem).not.toContain(text);
  });

  it.each([
    ['postgresql', 'postgresql://a:b@db/x', { type: 'postgresql', target: 'postgresql://a:b@db/x' }],
    ['postgresql', 'db:5432', { type: 'tcp', target: 'db:5432' }],
    ['redis', 'rediss://:p@cache', { type: 'redis', target: 'rediss://:p@cache' }],
    ['redis', 'cache:6379', { type: 'redis', target: 'redis://cache:6379' }],
    ['mongodb', 'mongodb://a:b@m1,m2/x', { type: 'tcp', target: 'm1:27017' }],
    ['mongodb', 'mongodb+srv://a:b@cluster.example.com/', undefined],
    ['kafka', 'k1:9093,k2:9092', { type: 'tcp', target: 'k1:9093' }],
    ['s3', 's3://bucket', undefined],
    ['s3', 'https://s3.example.com', { type: 'http', target: 'https://s3.example.com' }],
    ['nginx', 'proxy:80', { type: 'tcp', target: 'proxy:80' }],
    ['other', 'amqp://u:p@[::1]:5672/v', { type: 'tcp', target: '[::1]:5672' }],
    ['other', 'nothing', undefined],
  ])('of %s, %s, is checked as %j', (provider, text, check) => expect(checkOf(text, provider)).toEqual(check));
});
