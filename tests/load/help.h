// The texts of --help around the options.
#pragma once

#include <string_view>

namespace conclave::load {

inline constexpr std::string_view kHelpHead =
    "Joins rooms of a Conclave server with many participants over the real protocol (WebSocket, "
    "SDP,\n"
    "ICE, DTLS, SRTP), sends and receives media as browsers would, and reports what arrived.";

inline constexpr std::string_view kHelpFoot =
    R"(Examples:
  50 people in one room for 20 seconds, 10 cameras, everybody watching 9 and 1:
    conclave-load --insecure -n 50 --cameras 10 https://127.0.0.1:8443/open/load
  a thousand, 20 of whom speak, on a server whose process is 1234:
    conclave-load --insecure -n 1000 --talkers 20 --cameras 50 --server-pid 1234 \
      https://127.0.0.1:8443/open/load
  500 rooms of three:
    conclave-load --insecure -n 3 --rooms 500 --cameras 3 https://127.0.0.1:8443/open/load
  5 % loss both ways, people coming and going, and three attackers:
    conclave-load --insecure -n 30 --cameras 5 --loss-up 5 --loss-down 5 --churn 30 --hostile 3 \
      https://127.0.0.1:8443/open/load

A server takes 300 in a room unless told otherwise: conclave --participants-per-room 1000. Thousands of
participants need as many sockets twice over; the limit of open files is raised as far as it may be.

The report:
  joined     connected (DTLS and all); failed, and why; how long each took from opening the WebSocket
  first      from opening the WebSocket to the first packet of audio and of video
  storm      with --live: the same of those who joined later; and of those who were there, lost packets
             of audio and such as came 100 ms late
  loss       gaps in the numbers of the receive slots, before repair by RTX; "overflows" are datagrams
             that came but found the participant's own socket full: then this program is too slow
  reordered  packets that came behind a later one
  delay      one-way, from the sender's sendmsg to the receiver's kernel, of those who decrypt;
             with --canary again, for audio after the joins: "calm" leaves out windows of 100 ms in which
             something else took more than 2 ms
  heard      of all talkspurts of 400 ms and more, and everybody who was there to hear each: in how many
             cases something of it arrived
  switches   how often a slot went over to another source
  verified   packets decrypted; how many were of another source than the server said, out of order, or
             missing although no number is
Ends with status 0 where everybody joined, 1 where somebody did not, 2 for wrong options.)";

}  // namespace conclave::load
