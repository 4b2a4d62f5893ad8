# The image that k8s/ and docker-compose.yml run. `npm run prove:image` executes these stages without an engine.
# In your own pipeline pin the base by its digest too: docker buildx imagetools inspect node:22-bookworm-slim
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build \
  && npm prune --omit=dev --no-audit --no-fund \
  && chmod -R u=rwX,go=rX package.json LICENSE NOTICE assets dist node_modules \
  && mkdir /data

FROM node:22-bookworm-slim
LABEL org.opencontainers.image.title="universal-registry" org.opencontainers.image.licenses="MIT"
# Listens to everyone, as it is alone in its container. The embedded database, when no DATABASE_URL is given, is in /data.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 LOG_FORMAT=json DATA_DIR=/data
WORKDIR /app
# Everything belongs to root, and only /data and /tmp are written to: the root may be read-only.
COPY --from=build --chown=1000:1000 /data /data
COPY --from=build /app/package.json /app/LICENSE /app/NOTICE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/assets ./assets
COPY --from=build /app/dist ./dist
# By number, so that Kubernetes can tell that it is not root.
USER 1000:1000
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "--max-semi-space-size=64", "dist/src/main.js"]
