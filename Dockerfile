# An image of Mynah's server. The server keeps its data in the volume /data.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends npm libespeak-ng-dev && scripts/assets && scripts/helpers /helpers
# Gelasio, a font with the widths of Georgia. Without access to the npm registry, the image has no such font.
RUN mkdir -p /usr/local/share/fonts/gelasio && scripts/fonts
# ONNX Runtime, for neural voices. Without access to the npm registry, the image cannot use them.
RUN mkdir -p /onnxruntime && scripts/onnxruntime /onnxruntime
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /mynah ./cmd/mynah

FROM debian:12-slim
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      ffmpeg espeak-ng flite lame libavif-bin fontconfig fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji \
      fonts-liberation fonts-crosextra-carlito fonts-dejavu-core \
      chromium-headless-shell fonts-inter fonts-jetbrains-mono fonts-ebgaramond fonts-texgyre-math \
      ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data mynah && mkdir /data && chown mynah /data
COPY --from=build /mynah /helpers/ /usr/local/bin/
COPY --from=build /onnxruntime/ /usr/local/lib/mynah/
COPY --from=build /usr/local/share/fonts/gelasio/ /usr/local/share/fonts/gelasio/
USER mynah
VOLUME /data
EXPOSE 8080
ENV MYNAH_DATA=/data MYNAH_LISTEN=0.0.0.0:8080
HEALTHCHECK --interval=15s CMD curl -sf http://127.0.0.1:8080/readyz
STOPSIGNAL SIGTERM
ENTRYPOINT ["mynah"]
CMD ["serve", "--log-format", "json"]
