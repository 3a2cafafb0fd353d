// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISetChangeHooks} from "../interfaces/ISetChangeHooks.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {FixedPart} from "../libraries/FixedPart.sol";
import {BondViews} from "./sets/BondViews.sol";
import {KeyCounts} from "./sets/KeyCounts.sol";
import {LeaverViews} from "./sets/LeaverViews.sol";
import {Obligations} from "./sets/Obligations.sol";
import {SeatLists} from "./sets/SeatLists.sol";
import {SetLedger} from "./sets/SetLedger.sol";
import {SetShortfalls} from "./sets/SetShortfalls.sol";

/// @title OperatorSets
/// @dev Read SetLedger → SetMembers → SeatBonds → SetCapacity → SetStake → KeyCounts → SetShortfalls → SeatLists, then
/// SetLeavers → SetNotices → SeatHandovers, then BondViews and LeaverViews. SeatHandovers is a contract of its own,
/// *because* one contract may have 24 kB; its code runs on this contract's storage and is fixed at deployment for ever.
contract OperatorSets is KeyCounts, SetShortfalls, BondViews, LeaverViews, SeatLists {
    using FixedPart for address;

    address public immutable HANDOVERS;

    constructor(Wiring memory w, uint256 keyStakeWei, address handovers) SetLedger(w, keyStakeWei) {
        handovers.requireCode();
        HANDOVERS = handovers;
    }

    function formSet(uint256[7] calldata) external returns (uint256) {
        HANDOVERS.delegate();
    }

    function lockIncoming(uint256, uint64, uint256[7] calldata) external {
        HANDOVERS.delegate();
    }

    function dropIncoming(uint256) external {
        HANDOVERS.delegate();
    }

    function replaceSeats(uint256, uint64) external {
        HANDOVERS.delegate();
    }

    function giveNotice(uint256, uint256) external {
        HANDOVERS.delegate();
    }

    function withdrawNotice(uint256, uint256) external {
        HANDOVERS.delegate();
    }

    function startLeaving(uint256, uint256) external {
        HANDOVERS.delegate();
    }

    function releaseLeaver(uint256, uint256) external {
        HANDOVERS.delegate();
    }

    /// @inheritdoc ISetChangeHooks
    function onConvicted(uint256 setId, uint256 operatorId) external {
        if (msg.sender != COURT) revert Unauthorized(msg.sender);
        _standings[operatorId].convicted = true;
        uint8 flags = _flagsOf(setId, operatorId);
        uint256 seat = _seatOf(setId, operatorId);
        if (seat == 0 || flags & Obligations.CONVICTED != 0) return;
        if (flags & Obligations.MEMBER != 0) _setFlags(setId, operatorId, flags | Obligations.CONVICTED);
        _emptySeat(setId, seat, operatorId);
    }
}
