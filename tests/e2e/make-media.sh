#!/usr/bin/env bash
# Makes the fake cameras and voices of the end-to-end tests in tests/e2e/media/: for each person a
# y4m picture with identity and frame number burned in (lib/barcode.ts reads them back), and speech.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
mkdir -p media

# Small, so that four browsers that encode, decode and draw in software fit two cores.
FPS=10 FRAMES=120 WIDTH=320 HEIGHT=180
people=(Ana Ben Cleo Dan)
# Different voices saying different things: who speaks is told by the rhythm of the speech.
voices=(en-us+f3 en-gb+m3 en-us+m7 en-gb+f2)
texts=(
  "The harbour was quiet that morning. Seven boats had left before dawn, and nobody expected them back until the evening tide."
  "Numbers first: forty two, nineteen, eight, and a quarter. Write them down, check them twice, and only then call me again."
  "Look, I never said we should leave! I said, wait for the rain to stop, take the long road, and buy bread on the way."
  "In the beginning there were three keys. One was brass. One was iron. The last one, strangely enough, was made of glass."
)

for id in "${!people[@]}"; do
  name=${people[$id]}
  video=media/$name.y4m
  if [ ! -s "$video" ] || [ make-media.sh -nt "$video" ] || [ lib/barcode.ts -nt "$video" ] ||
    [ ! -s "media/$name.slow.y4m" ]; then
    node lib/draw.ts "$((id + 1))" "$FRAMES" "$WIDTH" "$HEIGHT" |
      ffmpeg -v error -y -f rawvideo -pix_fmt gray -s "${WIDTH}x$HEIGHT" -r "$FPS" -i - \
        -vf "drawtext=text='$name %{n}':x=20:y=h-48:fontsize=28:fontcolor=white:box=1:boxcolor=black,format=yuv420p" \
        "$video.part.y4m"
    mv "$video.part.y4m" "$video"
    # The same pictures, shown half as fast: the rate stands in the first line.
    sed "1s/ F$FPS:1/ F$((FPS / 2)):1/" "$video" >"media/$name.slow.y4m"
  fi
  # One large camera that takes every bit of its layer's rate, as people who move do: noise, but of
  # coarse grain, so that a key frame is some six times as large as other frames.
  large=media/$name.large.y4m
  if [ "$name" = Ana ] && { [ ! -s "$large" ] || [ "$video" -nt "$large" ] || [ make-media.sh -nt "$large" ]; }; then
    ffmpeg -v error -y -i "$video" -frames:v 40 \
      -vf "noise=alls=12:allf=t,scale=1280:720:flags=bilinear" "$large.part.y4m"
    mv "$large.part.y4m" "$large"
  fi
  voice=media/$name.wav
  if [ ! -s "$voice" ] || [ make-media.sh -nt "$voice" ]; then
    espeak-ng -v "${voices[$id]}" -s 150 -a 180 --stdout "${texts[$id]}" |
      ffmpeg -v error -y -i - -ar 48000 -ac 1 -c:a pcm_s16le "$voice.part.wav"
    mv "$voice.part.wav" "$voice"
  fi
  # The same in a room with a loud fan, and with a second of nothing but the fan.
  noisy=media/$name.noisy.wav
  if [ "$name" = Ana ] && { [ ! -s "$noisy" ] || [ "$voice" -nt "$noisy" ] || [ make-media.sh -nt "$noisy" ]; }; then
    ffmpeg -v error -y -i "$voice" -f lavfi -i "anoisesrc=color=pink:amplitude=0.08:seed=7:sample_rate=48000" \
      -filter_complex "[0]volume=0.7,apad=pad_dur=1[v];[v][1]amix=inputs=2:duration=first:normalize=0" \
      -ac 1 -c:a pcm_s16le "$noisy.part.wav"
    mv "$noisy.part.wav" "$noisy"
  fi
done
ls -la media
