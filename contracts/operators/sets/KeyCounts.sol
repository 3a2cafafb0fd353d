// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ISetLeavers} from "../../interfaces/ISetLeavers.sol";
import {SetStake} from "./SetStake.sol";

/// @title KeyCounts
/// @dev Live keys by the generation that they were born in: the shares of a sharing are harmless when no key born before it
/// or in it lives.
abstract contract KeyCounts is SetStake {
    using SafeCast for uint256;

    /// @inheritdoc ISetLeavers
    function keyVerified(uint256 setId, uint64 generation) external onlyValidatorManager {
        Keys storage keys = _keys[setId][generation];
        if (keys.live++ > 0) return;
        Clock storage clock = _clocks[setId];
        if (generation < clock.oldest) clock.oldest = uint256(generation).toUint16();
        if (generation > clock.newest) clock.newest = uint256(generation).toUint16();
    }

    /// @inheritdoc ISetLeavers
    function keyExiting(uint256 setId, uint64 generation) external onlyValidatorManager {
        _keys[setId][generation].exiting++;
        _clocks[setId].exitingKeys++;
    }

    /// @inheritdoc ISetLeavers
    function keyRetired(uint256 setId, uint64 generation, bool wasExiting) external onlyValidatorManager {
        Keys storage keys = _keys[setId][generation];
        keys.live--;
        if (wasExiting) {
            keys.exiting--;
            _clocks[setId].exitingKeys--;
        }
        _changeStake(setId, _set(setId).stakeWei - KEY_STAKE_WEI);
    }

    /// @inheritdoc ISetLeavers
    function keysBornIn(uint256 setId, uint64 generation) external view returns (uint256 live, uint256 exiting) {
        Keys memory keys = _keys[setId][generation];
        return (keys.live, keys.exiting);
    }
}
