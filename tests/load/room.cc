#include "tests/load/room.h"

#include <algorithm>

namespace conclave::load {

Part PartOf(const Settings& settings, uint32_t room, uint32_t place) {
  Part part;
  part.place = place;
  part.number = room * settings.participants + place;
  part.microphone = place < settings.microphones_per_room();
  part.talker = part.microphone && place < settings.talkers;
  part.camera = place < settings.cameras;
  part.screen = place < settings.screens;
  part.verify = settings.verify_every > 0 && part.number % settings.verify_every == 0;
  part.codec = settings.codecs[place % settings.codecs.size()];
  return part;
}

Part HostilePart(const Settings& settings, uint32_t index) {
  Part part;
  part.place = settings.participants + index;
  part.number = settings.total() + index;
  part.hostility = settings.hostility[index % settings.hostility.size()];
  return part;
}

Room::Room(const Settings& settings, uint32_t room_number, Instant conversation_begin,
           Random& random)
    : number(room_number),
      address(settings.target.room),
      begin(conversation_begin),
      talkers(std::min({settings.talkers, settings.microphones_per_room(), settings.participants})),
      cameras(std::min(settings.cameras, settings.participants)),
      screens(std::min(settings.screens, settings.participants)),
      talking_since_us(talkers) {
  if (settings.rooms > 1) address += "-" + std::to_string(number + 1);
  spurts = MakeConversation(talkers, settings.join_timeout + settings.duration, random);
  for (auto& since : talking_since_us) since = Instant::Never().us();
}

}  // namespace conclave::load
