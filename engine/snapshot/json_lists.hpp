// Lists of objects in a manifest, for sources that know what JSON is: headers name it and no more.
#pragma once

#include <utility>
#include <vector>

#include "engine/snapshot/fields.hpp"

namespace dbrollback::snapshot {

// put_item(object, item) fills in an object for each.
template <class Item, class Put, class Json = base::Json>
Json list_of(const std::vector<Item>& items, Put put_item) {
  Json out = Json::array();
  for (const Item& item : items) {
    Json object = Json::object();
    put_item(object, item);
    out.push_back(std::move(object));
  }
  return out;
}

// get_item(fields) makes an item of each object of the list.
template <class Get, class Json = base::Json>
auto items_of(const Fields& fields, const char* key, Get get_item) {
  std::vector<decltype(get_item(fields))> out;
  const Json& list = fields.list(key);
  for (const Json& item : list) {
    out.push_back(get_item(Fields(item, fields.name())));
  }
  return out;
}

}  // namespace dbrollback::snapshot
